import { afterEach, expect, test } from "@jest/globals";
import { styled } from "../../cli/terminal";

const { NO_COLOR } = process.env;
afterEach(() => {
  if (NO_COLOR === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = NO_COLOR;
});

test.each([
  ["a terminal with colours", { isTTY: true, hasColors: true }, "", "\u001b[31mtext\u001b[39m"],
  ["a terminal without colours", { isTTY: true, hasColors: false }, "", "text"],
  ["a terminal with colours, and NO_COLOR", { isTTY: true, hasColors: true }, "1", "text"],
  ["a file or a pipe", { isTTY: undefined, hasColors: true }, "", "text"],
])("text is coloured only if the output supports it: %s", (_title, { isTTY, hasColors }, noColor, shown) => {
  process.env.NO_COLOR = noColor;
  const stream = { isTTY, hasColors: () => hasColors } as unknown as NodeJS.WriteStream;

  expect(styled("red", "text", stream)).toBe(shown);
});
