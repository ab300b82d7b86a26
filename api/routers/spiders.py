"""Which spiders there are, and what they take."""

from fastapi import APIRouter

from api.answers import Success
from api.shapes import Spider
from scrapersky.arguments import SPIDERS, CrawlArguments

router = APIRouter(tags=["spiders"])


@router.get("/spiders")
async def listed() -> Success[list[Spider]]:
    """Every spider with the JSON schema of its arguments.

    `arguments` is for `arguments` of a job here; `command` is for `scrapy crawl -a`, where lists
    and options are arguments too.
    """
    return Success(
        data=[
            Spider(name=name, arguments=_own(model), command=model.model_json_schema())
            for name, model in SPIDERS.items()
        ]
    )


def _own(model: type[CrawlArguments]) -> dict[str, object]:
    schema = model.model_json_schema()
    properties = {
        name: field
        for name, field in schema["properties"].items()
        if name not in CrawlArguments.model_fields
    }
    return {**schema, "properties": properties}
