"""The Scrapyd nodes."""

from fastapi import APIRouter, Request

from api.answers import Success
from api.shapes import Node

router = APIRouter(tags=["nodes"])


@router.get("/nodes", response_model_exclude_unset=True)
async def listed(request: Request) -> Success[list[Node]]:
    """Each node: whether it answers, slots, what runs, load, versions."""
    found = await request.app.state.nodes.look()
    return Success(data=[Node.model_validate(node.as_dict()) for node in found])
