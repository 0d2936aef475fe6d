// Starts `crosscheck lsp` for the folders that are open, and lets it answer.

const { commands, window, workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

async function start() {
  const settings = workspace.getConfiguration('crosscheck');
  const server = { command: settings.get('path'), args: ['lsp', ...settings.get('arguments')] };
  // Any file may be part of a configuration; the server knows which are.
  const options = { documentSelector: [{ scheme: 'file' }] };
  client = new LanguageClient('crosscheck', 'Crosscheck', server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const told = `Crosscheck does not start (${error.message}). Is crosscheck.path right?`;
    window.showErrorMessage(told);
  }
}

async function stop() {
  const own = client;
  client = undefined;
  if (own) await own.stop();
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand('crosscheck.restart', restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('crosscheck')) restart();
    }),
  );
  await start();
};

exports.deactivate = stop;
