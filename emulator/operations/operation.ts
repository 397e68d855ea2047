import { secretNotFound } from "../errorResponses";
import type { StoredSecret, Workspace } from "../secretStore";

/** An operation of the API on secrets. */
export type Operation = "create" | "list" | "get" | "update" | "delete" | "dependencies";

export interface ApiResponse {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Rules {
  uniqueNames: boolean;
  normalizeName: (name: string) => string;
  inUseStatus: number;
  forcePageSize: number | undefined;
}

export interface Call {
  workspace: Workspace;
  rules: Rules;
  /** The values of the path's parameters, URL-decoded. */
  path: string[];
  query: Record<string, string>;
  json(): unknown;
}

export interface OperationDefinition {
  operation: Operation;
  method: string;
  path: RegExp;
  needs: "read" | "write";
  run(call: Call): ApiResponse;
}

export function secretOf({ workspace, path: [id = ""] }: Call): StoredSecret {
  const secret = workspace.find(id);
  if (secret === undefined) throw secretNotFound(id);
  return secret;
}

export function stored({ id, name }: StoredSecret) {
  return { type: "stored", secret_id: id, name };
}
