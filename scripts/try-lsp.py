"""What scripts/try-lsp asks. Run by it."""

import os
import shutil

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

INIT = "modules/web/manifests/init.pp"
TEXT = """class web (Integer $port = 80) {
  include web::tls
  file { '/etc/motd': content => template('web/motd.erb') }
}
"""
FILES = {
    INIT: TEXT,
    "modules/web/manifests/tls.pp": "class web::tls {\n}\n",
    "modules/web/templates/motd.erb": "hello\n",
    "manifests/site.pp": "node 'a' {\n  class { 'web': port => 81 }\n}\n",
}
FOLDER = "/tmp/crosscheck-try-lsp"


def uri(path):
    return f"file://{FOLDER}/{path}"


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[os.environ["CROSSCHECK"], "lsp", "--stdio"])
)
async def client(lsp_client: LanguageClient, request):
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, text in FILES.items():
        os.makedirs(os.path.dirname(f"{FOLDER}/{path}"), exist_ok=True)
        with open(f"{FOLDER}/{path}", "w") as file:
            file.write(text)
    # Clients answer this by themselves; this one leaves it to its user.
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
    folder = types.WorkspaceFolder(uri=f"file://{FOLDER}", name="web")
    params = types.InitializeParams(
        capabilities=client_capabilities("visual-studio-code"), workspace_folders=[folder]
    )
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()
    shutil.rmtree(FOLDER, ignore_errors=True)


def opened(client, text):
    item = types.TextDocumentItem(uri=uri(INIT), language_id="puppet", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))


async def findings(client):
    await client.wait_for_notification("textDocument/publishDiagnostics")
    return client.diagnostics[uri(INIT)]


def at(line, character):
    return {
        "text_document": types.TextDocumentIdentifier(uri=uri(INIT)),
        "position": types.Position(line=line, character=character),
    }


@pytest.mark.asyncio
async def test_findings_and_their_actions(client):
    opened(client, TEXT.replace("web::tls", "web::tsl"))
    (found,) = await findings(client)
    assert found.code == "unresolved-reference"
    assert found.range.start == types.Position(line=1, character=10)
    params = types.CodeActionParams(
        text_document=types.TextDocumentIdentifier(uri=uri(INIT)),
        range=found.range,
        context=types.CodeActionContext(diagnostics=[found]),
    )
    correct, silence = await client.text_document_code_action_async(params)
    assert correct.title == "write `web::tls`" and correct.is_preferred
    assert "allow(unresolved-reference)" in silence.edit.changes[uri(INIT)][0].new_text


@pytest.mark.asyncio
async def test_places(client):
    opened(client, TEXT)
    assert not await findings(client)
    (own,) = await client.text_document_definition_async(types.DefinitionParams(**at(2, 45)))
    assert own.uri == uri("modules/web/templates/motd.erb")
    params = types.ReferenceParams(
        context=types.ReferenceContext(include_declaration=False), **at(0, 8)
    )
    (own,) = await client.text_document_references_async(params)
    assert own.uri == uri("manifests/site.pp")
    hover = await client.text_document_hover_async(types.HoverParams(**at(0, 8)))
    assert "`port` `Integer` = `80`" in hover.contents.value
    names = await client.text_document_completion_async(types.CompletionParams(**at(1, 15)))
    assert [own.label for own in names.items] == ["web::tls"]
    params = types.DocumentSymbolParams(text_document=types.TextDocumentIdentifier(uri=uri(INIT)))
    symbols = await client.text_document_document_symbol_async(params)
    assert symbols[0].name == "web"
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams(query="tls"))
    assert found[0].name == "web::tls"


@pytest.mark.asyncio
async def test_what_cannot_be_renamed_says_why(client):
    opened(client, TEXT)
    with pytest.raises(Exception, match="would have to move"):
        await client.text_document_rename_async(types.RenameParams(new_name="x", **at(1, 12)))
