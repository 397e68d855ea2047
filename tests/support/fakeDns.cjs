// A process loads this first, so that tests control its DNS: a host has its address in FAKE_DNS, or none.
const dns = require("node:dns");
const promises = require("node:dns/promises");
const { isIP } = require("node:net");
const os = require("node:os");

const addresses = JSON.parse(process.env.FAKE_DNS);

async function lookup(host) {
  const address = isIP(host) ? host : addresses[host];
  if (address) return { address, family: isIP(address) };
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND", syscall: "getaddrinfo" });
}

promises.lookup = lookup;
dns.lookup = (host, options, done = options) => {
  lookup(host).then(
    ({ address, family }) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
    (error) => done(error),
  );
};
if (Object.keys(addresses).length === 0) os.networkInterfaces = () => ({});
