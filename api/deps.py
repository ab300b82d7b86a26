"""What routes ask for."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, BeforeValidator
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.config import Config, get_config


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]
"""A session in no transaction yet: the route begins one."""
Settings = Annotated[Config, Depends(get_config)]


def _not_zero(value: UUID) -> UUID:
    if value.int == 0:
        raise ValueError("the zero UUID is no id")
    return value


def _text(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise ValueError("a text has no NUL character")
    return value


Id = Annotated[UUID, AfterValidator(_not_zero)]
Text = Annotated[str, BeforeValidator(_text)]
After = Annotated[Id | None, Query(description="Begin after this id: the next page.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many, at most.")]
