import { type JSONPath, visit } from "jsonc-parser";

/** The reason why a file can't be read as JSON. */
export type JsonFault =
  | { kind: "not-json"; line: number; column: number }
  | { kind: "byte-order-mark" }
  | { kind: "too-deep" };

/** A place in a file, as a JSON Pointer. */
export interface MarkerPlace {
  file: string;
  place: string;
}

/** An invalid marker. */
export interface MarkerFault extends MarkerPlace {
  kind: "misplaced" | "malformed";
}

/** A marker for a secret in a JSON file: `"secret_id": "${secret:NAME}"`. */
export interface SecretMarker {
  name: string;
  /** A JSON Pointer. */
  place: string;
  /** The position of the string in the text, with the quotes. */
  start: number;
  end: number;
}

export interface ScannedMarkers {
  markers: SecretMarker[];
  faults: { kind: "misplaced" | "malformed"; place: string }[];
  /** The ids that the text already contains. */
  ids: { id: string; place: string }[];
}

/** The only key that the API uses for the id of a secret. */
const KEY = "secret_id";
const MARKER = /^\$\{secret:(.+)\}$/s;
const MARKER_START = "${secret:";

/**
 * Finds the markers in a JSON string. If it isn't valid JSON, returns the position of the first error. Lines and columns
 * count from 1.
 */
export function scanMarkers(text: string): ScannedMarkers | JsonFault {
  if (text.startsWith("\ufeff")) return { kind: "byte-order-mark" };
  try {
    return scan(text);
  } catch (error) {
    // The parser calls itself for each level of nesting.
    if (error instanceof RangeError) return { kind: "too-deep" };
    throw error;
  }
}

function scan(text: string): ScannedMarkers | JsonFault {
  const found: ScannedMarkers = { markers: [], faults: [], ids: [] };
  let fault: JsonFault | undefined;
  visit(
    text,
    {
      onObjectProperty: (name, _offset, _length, _line, _character, path) => {
        if (name.includes(MARKER_START)) found.faults.push({ kind: "misplaced", place: pointer([...path(), name]) });
      },
      onLiteralValue: (value: unknown, start, length, _line, _character, path) => {
        if (typeof value !== "string") return;
        const steps = path();
        if (steps.at(-1) !== KEY) {
          if (value.includes(MARKER_START)) found.faults.push({ kind: "misplaced", place: pointer(steps) });
          return;
        }
        const [, name] = MARKER.exec(value) ?? [];
        if (name !== undefined) found.markers.push({ name, place: pointer(steps), start, end: start + length });
        else if (value.includes("${")) found.faults.push({ kind: "malformed", place: pointer(steps) });
        else found.ids.push({ id: value, place: pointer(steps) });
      },
      onError: (_error, _offset, _length, line, character) => {
        fault ??= { kind: "not-json", line: line + 1, column: character + 1 };
      },
    },
    { disallowComments: true },
  );
  return fault ?? found;
}

/** Replaces each marker with an id. Every other character is unchanged. */
export function withIds(text: string, markers: SecretMarker[], idOf: (name: string) => string): string {
  let at = 0;
  let rendered = "";
  for (const { name, start, end } of markers) {
    rendered += text.slice(at, start) + JSON.stringify(idOf(name));
    at = end;
  }
  return rendered + text.slice(at);
}

function pointer(steps: JSONPath): string {
  return steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
