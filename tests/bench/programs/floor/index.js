const pulumi = require("@pulumi/pulumi");

const config = new pulumi.Config();
const first = config.requireNumber("first");
const count = config.requireNumber("count");

// Without `check`, `diff`, `read`, `update` and `delete`, Pulumi's SDK uses its defaults: it accepts all inputs, returns
// the state as it is, and deletes nothing.
const PROVIDER_TEXT = 'exports.handler=()=>({create:()=>({id:"0"})})';

class Nothing extends pulumi.CustomResource {
  constructor(name, args) {
    super("pulumi-nodejs:dynamic:Resource", name, { ...args, __provider: PROVIDER_TEXT });
  }
}

for (let index = first; index < first + count; index++) {
  new Nothing(`S${index}`, { value: pulumi.secret(`${index}`.padStart(40, "0")) });
}
