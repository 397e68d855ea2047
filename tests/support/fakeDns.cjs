// A process loads this first, so that the host of the tests' certificate is this machine.
const dns = require("node:dns");

const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(host === "gateway.example" ? "127.0.0.1" : host, ...rest);
