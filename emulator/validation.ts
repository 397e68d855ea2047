import * as v from "valibot";
import { type Invalid, invalid } from "./errorResponses";

export const text = v.pipe(v.string(), v.nonEmpty());
export const limit = v.pipe(v.string(), v.regex(/^-?\d+$/), v.transform(Number), v.minValue(1), v.maxValue(100));

// Valibot's own messages quote the input, which may be a secret's value. These don't.
const PROBLEMS: Record<string, { msg: string; type: string }> = {
  literal: { msg: "Input should be the documented word", type: "literal_error" },
  string: { msg: "Input should be a valid string", type: "string_type" },
  non_empty: { msg: "String should have at least 1 character", type: "string_too_short" },
  regex: { msg: "Input should be a valid integer", type: "int_parsing" },
  min_value: { msg: "Input should be greater than or equal to 1", type: "greater_than_equal" },
  max_value: { msg: "Input should be less than or equal to 100", type: "less_than_equal" },
  picklist: { msg: "Input should be one of the documented words", type: "enum" },
};
const MISSING = { msg: "Field required", type: "missing" };
const NOT_AN_OBJECT = { msg: "Input should be a valid dictionary or object", type: "model_attributes_type" };

export function check<S extends v.GenericSchema>(where: string, schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw invalid(...result.issues.map((issue) => entry(where, issue)));
}

function entry(where: string, issue: v.BaseIssue<unknown>): Invalid {
  const path = issue.path?.map(({ key }) => String(key)) ?? [];
  const missing = path.length > 0 && issue.received === "undefined";
  return { loc: [where, ...path], ...(missing ? MISSING : (PROBLEMS[issue.type] ?? NOT_AN_OBJECT)) };
}

export function parseJson(contentType: string | undefined, body: string): unknown {
  if (!/^application\/json\b/i.test(contentType ?? "")) throw invalid({ loc: ["body"], ...NOT_AN_OBJECT });
  try {
    return JSON.parse(body);
  } catch {
    throw invalid({ loc: ["body"], msg: "JSON decode error", type: "json_invalid" });
  }
}
