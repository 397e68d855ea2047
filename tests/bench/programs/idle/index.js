// Writes a state of exactly the same size as our provider does, but does no work, to measure the cost of the state alone.
const pulumi = require("@pulumi/pulumi");
const { outputs } = require("./provider.js");

const config = new pulumi.Config();
const first = config.requireNumber("first");
const count = config.requireNumber("count");

const PROVIDER_TEXT = "exports.handler=()=>require(process.cwd()+'/provider.js')//".padEnd(110, "-");
const declared = Object.fromEntries(Object.keys(outputs).map((key) => [key, undefined]));

class Idle extends pulumi.CustomResource {
  constructor(name, args) {
    const options = { additionalSecretOutputs: ["valueDigest"] };
    const properties = { ...declared, ...args, __provider: PROVIDER_TEXT };
    super("pulumi-nodejs:dynamic/elevenlabs:WorkspaceSecret", name, properties, options);
  }
}

for (let index = first; index < first + count; index++) {
  new Idle(`S${index}`, { name: `S${index}`, value: pulumi.secret(`${index}`.padStart(40, "0")) });
}
