// The emulator in its own process, which can be killed. It is controlled by messages.
const { startEmulator } = require("../../../dist/emulator.js");

/** @param {{ port?: number, secrets: { id: string, name: string, value: string }[] }} start */
async function main({ port = 0, secrets }) {
  const emulator = await startEmulator({ port, uniqueNames: false });
  for (const { id, name, value } of secrets) emulator.workspace().add(name, value, { id });
  let before = 0;
  const commands = {
    secrets: () => emulator.workspace().secrets(),
    hang(fault) {
      before = emulator.requests.length;
      emulator.fault({ kind: "hang", ...fault });
    },
    arrived: (call) =>
      emulator.waitForRequest(
        (request) => request.operation === call && emulator.requests.indexOf(request) >= before,
        60_000,
      ),
    clearFaults: () => emulator.clearFaults(),
  };
  process.on("message", async ({ id, command, argument }) => {
    const answer = await commands[command](argument);
    process.send({ id, answer });
  });
  process.on("disconnect", () => process.exit());
  process.send({ url: emulator.url, apiKey: emulator.apiKey });
}

process.once("message", main);
