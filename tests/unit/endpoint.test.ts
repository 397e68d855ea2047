import { describe, expect, test } from "@jest/globals";
import { isRegion, parseOrigin, REGIONS } from "../../provider/api/endpoint";

describe("regions", () => {
  test.each(Object.entries(REGIONS))("%s is an https origin of ElevenLabs", (region, origin) => {
    expect(isRegion(region)).toBe(true);
    expect(parseOrigin(origin)).toEqual({ origin });
    expect(new URL(origin).hostname).toMatch(/^api\.(?:[a-z.]+\.)?elevenlabs\.io$/);
  });

  test.each(["", "EU", "mars", "toString", "__proto__"])("%j is not a region", (text) => {
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

  test.each([
    ["", "not-a-url"],
    ["api.elevenlabs.io", "not-a-url"],
    ["https://", "not-a-url"],
    ["https://user@api.example", "has-credentials"],
    ["https://:canary@api.example", "has-credentials"],
    ["https://api.example/v1", "not-an-origin"],
    ["https://api.example?key=canary", "not-an-origin"],
    ["https://api.example#x", "not-an-origin"],
    ["http://api.elevenlabs.io", "not-https"],
    ["http://10.0.0.1:8787", "not-https"],
    ["http://localhost.evil.example", "not-https"],
    ["http://127.0.0.1.evil.example", "not-https"],
    ["http://[::2]", "not-https"],
    ["ftp://localhost", "not-https"],
    ["localhost:8787", "not-an-origin"],
    ["file:///etc", "not-an-origin"],
  ])("%j is refused, and the result contains nothing of it", (text, fault) => {
    expect(parseOrigin(text)).toEqual({ fault });
    expect(JSON.stringify(parseOrigin(text))).not.toContain("canary");
  });
});
