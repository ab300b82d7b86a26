"""The Scrapyd nodes."""

from fastapi import APIRouter, Request

from api.answers import Success

router = APIRouter(tags=["nodes"])


@router.get("/nodes")
async def nodes(request: Request) -> Success:
    """Each node: whether it answers, slots, what runs, load, versions."""
    return Success(data=[node.as_dict() for node in await request.app.state.nodes.look()])
