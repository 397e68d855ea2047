const pulumi = require("@pulumi/pulumi");
const { WorkspaceSecret } = require("pulumi-elevenlabs/native");

const config = new pulumi.Config();
const first = config.requireNumber("first");
const count = config.requireNumber("count");

for (let index = first; index < first + count; index++) {
  new WorkspaceSecret(`S${index}`, { value: pulumi.secret(`${index}`.padStart(40, "0")) });
}
