import { describe, expect, test } from "@jest/globals";
import { isRegion, parseOrigin, REGIONS } from "../../provider/api/endpoint";

describe("regions", () => {
  test.each(Object.entries(REGIONS))("%s is an https origin of the vendor", (region, origin) => {
    expect(isRegion(region)).toBe(true);
    expect(parseOrigin(origin)).toEqual({ origin });
    expect(new URL(origin).hostname).toMatch(/^api\.(?:[a-z.]+\.)?elevenlabs\.io$/);
  });

  test.each(["", "EU", "mars", "toString", "__proto__"])("%j is no region", (text) => {
    expect(isRegion(text)).toBe(false);
  });
});

describe("a base URL", () => {
  test.each([
    ["https://api.elevenlabs.io", "https://api.elevenlabs.io"],
    ["https://api.elevenlabs.io/", "https://api.elevenlabs.io"],
    ["https://API.example:443", "https://api.example"],
    ["https://proxy.example:8443", "https://proxy.example:8443"],
    ["http://localhost:8787", "http://localhost:8787"],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
    ["http://127.1.2.3", "http://127.1.2.3"],
    ["http://[::1]:8787", "http://[::1]:8787"],
  ])("%s gives its origin", (text, origin) => {
    expect(parseOrigin(text)).toEqual({ origin });
  });

  const noUrl = /^is not a URL/;
  const login = /^must not hold a user name or a password$/;
  const path = /^must be an origin alone/;
  const insecure = /^must be https/;

  test.each([
    ["", noUrl],
    ["api.elevenlabs.io", noUrl],
    ["https://", noUrl],
    ["https://user@api.example", login],
    ["https://:canary@api.example", login],
    ["https://api.example/v1", path],
    ["https://api.example?key=canary", path],
    ["https://api.example#x", path],
    ["http://api.elevenlabs.io", insecure],
    ["http://10.0.0.1:8787", insecure],
    ["http://localhost.evil.example", insecure],
    ["http://127.0.0.1.evil.example", insecure],
    ["http://[::2]", insecure],
    ["ftp://localhost", insecure],
    ["localhost:8787", path],
    ["file:///etc", path],
  ])("%j is refused, without showing what may be a password in it", (text, problem) => {
    expect(parseOrigin(text)).toEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(parseOrigin(text))).not.toContain("canary");
  });
});
