"""Drives `clavicle lsp` by the client of pygls, and prints what came back as one JSON object."""

import asyncio
import json
import sys

from lsprotocol import converters, types
from pygls.lsp.client import LanguageClient

CONVERTER = converters.get_converter()


async def main():
    program, *arguments = sys.argv[1:]
    script = json.load(sys.stdin)
    client = LanguageClient("test", "1")
    told = asyncio.Queue()
    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: told.put_nowait(said))
    await client.start_io(program, *arguments)
    hello = await client.initialize_async(
        types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=script.get("root"))
    )
    client.initialized(types.InitializedParams())
    out = [CONVERTER.unstructure(hello)]
    for method, given in script["steps"]:
        document = types.TextDocumentIdentifier(uri=given["uri"])
        at = types.Position(*given["at"]) if "at" in given else None
        if method == "open":
            item = types.TextDocumentItem(given["uri"], given["language"], 1, given["text"])
            client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            answer = await asyncio.wait_for(told.get(), 60)
        elif method == "change":
            where = types.Range(types.Position(*given["from"]), types.Position(*given["to"]))
            change = types.TextDocumentContentChangePartial(range=where, text=given["text"])
            versioned = types.VersionedTextDocumentIdentifier(uri=given["uri"], version=2)
            client.text_document_did_change(types.DidChangeTextDocumentParams(versioned, [change]))
            answer = await asyncio.wait_for(told.get(), 60)
        elif method == "hover":
            answer = await client.text_document_hover_async(types.HoverParams(document, at))
        elif method == "complete":
            answer = await client.text_document_completion_async(types.CompletionParams(document, at))
        elif method == "mend":
            where = types.Range(at, at)
            context = types.CodeActionContext(diagnostics=[])
            answer = await client.text_document_code_action_async(
                types.CodeActionParams(document, where, context)
            )
        out.append(CONVERTER.unstructure(answer))
    await client.shutdown_async(None)
    client.exit(None)
    print(json.dumps(out))
    await client.stop()


asyncio.run(main())
