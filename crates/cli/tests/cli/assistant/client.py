"""Drives `clavicle mcp` by the client of the official SDK, and prints what came back as one JSON object."""

import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main():
    program, *arguments = sys.argv[1:]
    calls = json.load(sys.stdin)
    server = StdioServerParameters(command=program, args=arguments)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        tools = await session.list_tools()
        told = {
            "server": hello.server_info.name if hasattr(hello, "server_info") else hello.serverInfo.name,
            "instructions": hello.instructions,
            "tools": [tool.model_dump(by_alias=True, exclude_none=True) for tool in tools.tools],
            "calls": [],
        }
        for name, given in calls:
            try:
                answer = await session.call_tool(name, given)
                told["calls"].append(answer.model_dump(by_alias=True, exclude_none=True))
            except Exception as refused:  # a protocol error is an answer, too
                told["calls"].append({"refused": str(refused)})
    print(json.dumps(told))


asyncio.run(main())
