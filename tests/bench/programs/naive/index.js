// A provider as Pulumi's guide to dynamic providers suggests: an object of functions that use variables of the program.
// The SDK serialises them into the state of every resource.
const pulumi = require("@pulumi/pulumi");

const config = new pulumi.Config();
const first = config.requireNumber("first");
const count = config.requireNumber("count");
const apiUrl = config.require("apiUrl");
// The key is in plain text, which favours the naive provider: Pulumi would encrypt every copy of functions with a secret.
const apiKey = config.require("apiKey");

const headers = { "xi-api-key": apiKey, "content-type": "application/json" };

async function request(method, path, body) {
  const url = `${apiUrl}/v1/convai/secrets${path}`;
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}

const secretProvider = {
  async check(_olds, news) {
    const failures = [];
    if (!news.name) failures.push({ property: "name", reason: "is required" });
    if (!news.value) failures.push({ property: "value", reason: "is required" });
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    return { changes: olds.name !== news.name || olds.value !== news.value };
  },

  async create(inputs) {
    const { name, value } = inputs;
    const secret = await request("POST", "", { type: "new", name, value });
    return { id: secret.secret_id, outs: { ...inputs, secretId: secret.secret_id } };
  },

  async read(id, props) {
    const secret = await request("GET", `/${id}`);
    if (!secret) return { id: "", props: {} };
    return { id, props: { ...props, name: secret.name, secretId: secret.secret_id } };
  },

  async update(id, _olds, news) {
    const { name, value } = news;
    await request("PATCH", `/${id}`, { type: "update", name, value });
    return { outs: { ...news, secretId: id } };
  },

  async delete(id) {
    await request("DELETE", `/${id}`);
  },
};

class Secret extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    const options = pulumi.mergeOptions(opts, { additionalSecretOutputs: ["value"] });
    super(secretProvider, name, { secretId: undefined, ...args }, options);
  }
}

for (let index = first; index < first + count; index++) {
  new Secret(`S${index}`, { name: `S${index}`, value: pulumi.secret(`${index}`.padStart(40, "0")) });
}
