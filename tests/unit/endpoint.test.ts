import { describe, expect, test } from "@jest/globals";
import { isRegion, parseEndpoint, REGIONS } from "../../provider/api/endpoint";

describe("regions", () => {
  test.each(Object.entries(REGIONS))("%s is an https origin of ElevenLabs", (region, origin) => {
    expect(isRegion(region)).toBe(true);
    expect(parseEndpoint(origin)).toEqual({ endpoint: origin });
    expect(new URL(origin).hostname).toMatch(/^api\.(?:[a-z.]+\.)?elevenlabs\.io$/);
  });

  test.each(["", "EU", "mars", "toString", "__proto__"])("%j is not a region", (text) => {
    expect(isRegion(text)).toBe(false);
  });
});

describe("a base URL", () => {
  // The state stores the endpoint, so the endpoint of these URLs must never change.
  test.each([
    ["https://api.elevenlabs.io", "https://api.elevenlabs.io"],
    ["https://api.elevenlabs.io/", "https://api.elevenlabs.io"],
    ["https://API.example:443", "https://api.example"],
    ["https://proxy.example:8443", "https://proxy.example:8443"],
    ["http://localhost:8787", "http://localhost:8787"],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
    ["http://127.1.2.3", "http://127.1.2.3"],
    ["http://[::1]:8787", "http://[::1]:8787"],
  ])("the endpoint of %s, which has no path, is the origin %s", (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual({ endpoint });
  });

  test.each([
    ["https://Gateway.example:443/elevenlabs", "https://gateway.example/elevenlabs"],
    ["https://gateway.example/elevenlabs/", "https://gateway.example/elevenlabs"],
    ["https://gateway.example/a/b//", "https://gateway.example/a/b"],
    ["https://gateway.example/A/./b/../c d", "https://gateway.example/A/c%20d"],
    ["https://gateway.example/v1/elevenlabs", "https://gateway.example/v1/elevenlabs"],
    ["http://127.0.0.1:8787/elevenlabs", "http://127.0.0.1:8787/elevenlabs"],
  ])("the endpoint of %s is %s, without a slash at the end", (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual({ endpoint });
    expect(parseEndpoint(endpoint)).toEqual({ endpoint });
  });

  test.each([
    ["", "not-a-url"],
    ["api.elevenlabs.io", "not-a-url"],
    ["https://", "not-a-url"],
    ["https://user@api.example", "has-credentials"],
    ["https://:canary@api.example/path", "has-credentials"],
    ["https://api.example?key=canary", "has-query"],
    ["https://api.example/path?key=canary", "has-query"],
    ["https://api.example/path#canary", "has-query"],
    ["http://api.elevenlabs.io", "not-https"],
    ["http://gateway.example/elevenlabs", "not-https"],
    ["http://10.0.0.1:8787", "not-https"],
    ["http://localhost.evil.example", "not-https"],
    ["http://127.0.0.1.evil.example", "not-https"],
    ["http://[::2]", "not-https"],
    ["ftp://localhost", "not-https"],
    ["localhost:8787", "not-https"],
    ["file:///etc", "not-https"],
    ["https://api.elevenlabs.io/v1", "has-path-of-vendor"],
    ["https://api.eu.residency.elevenlabs.io/canary", "has-path-of-vendor"],
    ["https://gateway.example/v1", "has-path-of-api"],
    ["https://gateway.example/elevenlabs/v1/", "has-path-of-api"],
    ["https://gateway.example/canary/v1/convai", "has-path-of-api"],
    ["https://gateway.example/v1/convai/secrets", "has-path-of-api"],
  ])("%j is refused, and the result doesn't contain it", (text, fault) => {
    expect(parseEndpoint(text)).toEqual({ fault });
    expect(JSON.stringify(parseEndpoint(text))).not.toContain("canary");
  });
});
