exports.outputs = {
  secretId: "00000000-0000-4000-8000-000000000000",
  endpoint: "http://127.0.0.1:00000",
  workspace: "default",
  valueDigest: "0".repeat(35),
};

exports.create = ({ name }) => ({ id: exports.outputs.secretId, outs: { ...exports.outputs, name } });
