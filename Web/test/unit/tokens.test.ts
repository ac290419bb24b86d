import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

const sheet = readFileSync(`${SOURCE_ROOT}/src/styles/tokens.css`, "utf8");

function tokensOf(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

const light = tokensOf(sheet.slice(0, sheet.indexOf(':root[data-theme="dark"]')));
const dark = tokensOf(sheet.slice(sheet.indexOf(':root[data-theme="dark"]'), sheet.indexOf("@media (prefers")));
const system = tokensOf(sheet.slice(sheet.indexOf("@media (prefers")));

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

for (const [name, theme] of [["light", light], ["dark", dark]] as const) {
  const colour = (token: string) => theme.get(token) ?? assert.fail(`no ${token} in ${name}`);
  describe(`the ${name} theme`, () => {
    it("has text of 5.5:1 on every ground and on its own tint", () => {
      for (const ground of ["bg", "surface", "sunken"]) {
        for (const text of ["text", "muted", "ok", "info", "warn", "danger", "critical", "low"]) {
          const ratio = contrast(colour(text), colour(ground));
          assert.ok(ratio >= 5.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
        }
      }
      for (const tone of ["ok", "info", "warn", "danger", "critical", "low"]) {
        const ratio = contrast(colour(tone), colour(`${tone}-tint`));
        assert.ok(ratio >= 5.5, `${tone} on its tint: ${ratio.toFixed(2)}`);
      }
      assert.ok(contrast(colour("on-accent"), colour("info")) >= 5.5);
    });
    it("has borders of controls and focus of 3.1:1", () => {
      for (const ground of ["bg", "surface", "sunken"]) {
        assert.ok(contrast(colour("border"), colour(ground)) >= 3.1, `border on ${ground}`);
        assert.ok(contrast(colour("focus"), colour(ground)) >= 3.1, `focus on ${ground}`);
      }
    });
  });
}

describe("the dark theme of the system", () => {
  it("is the dark theme that can be chosen", () => assert.deepEqual([...system], [...dark]));
});
