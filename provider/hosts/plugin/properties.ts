import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { SIGNATURE } from "../../pulumi/signature.js";
import { UNKNOWN } from "../../secret/inputs.js";

/** Properties in the engine's protocol: a secret is an object with a signature, and an unknown value is a fixed string. */
export type WireProperties = Record<string, unknown>;

/** Properties without the protocol's markers. */
export type Properties = Record<string, unknown>;

// Source: Pulumi's protocol, `sdk/go/common/resource/properties.go`.
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Unknown text, boolean, number, list, asset, archive and object. */
const UNKNOWN_TEXTS = new Set([
  UNKNOWN_TEXT,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function fromStruct(struct: Struct | undefined): WireProperties {
  return (struct?.toJavaScript() as WireProperties | undefined) ?? {};
}

export function toStruct(properties: WireProperties): Struct {
  return Struct.fromJavaScript(withoutUndefined(properties) as never);
}

export function secret(value: unknown): unknown {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** The string that stands for a property that a preview doesn't know yet. */
export const UNKNOWN_PROPERTY = UNKNOWN_TEXT;

/** Removes secret markers and nulls. A property that is unknown, or has an unknown part, becomes `UNKNOWN`. */
export function plain(properties: WireProperties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => property !== null && property !== undefined)
      .map(([name, property]) => [name, hasUnknown(property) ? UNKNOWN : unwrapped(property)]),
  );
}

export function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[SIGNATURE] === SECRET;
}

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && UNKNOWN_TEXTS.has(value);
}

function unwrapped(value: unknown): unknown {
  if (isSecret(value)) return unwrapped(value.value);
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item)]));
}

function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

function withoutUndefined(properties: WireProperties): WireProperties {
  return Object.fromEntries(Object.entries(properties).filter(([, property]) => property !== undefined));
}
