import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const picture = readFileSync("docs/demo.svg", "utf8");

test("the picture of the demo shows steps that the demo still has", () => {
  const demo = readFileSync("scripts/demo.mjs", "utf8");
  const [, description = ""] =
    /<desc[^>]*>A recording of the demo: (.*)\. demo: \d+ passed, 0 failed<\/desc>/.exec(picture) ?? [];
  const headings = description.split("; ").map((heading) => heading.replace(/^\d+\. /, ""));
  expect(headings.length).toBeGreaterThan(2);
  for (const heading of headings) expect(demo).toContain(heading);
});

test("the picture of the demo has no path or address of a machine", () => {
  expect(picture).not.toMatch(/127\.0\.0\.1|localhost|\/(home|root|tmp|Users|work)\//);
});
