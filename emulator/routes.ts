import { type ErrorResponse, unknownPath, wrongMethod } from "./errorResponses";
import { create } from "./operations/create";
import { remove } from "./operations/delete";
import { dependencies } from "./operations/dependencies";
import { get } from "./operations/get";
import { list } from "./operations/list";
import type { OperationDefinition } from "./operations/operation";
import { update } from "./operations/update";

const OPERATIONS = [create, list, get, update, remove, dependencies];

export interface Route {
  definition: OperationDefinition;
  path: string[];
}

export function route(method: string, path: string): Route | ErrorResponse {
  const here = OPERATIONS.filter((definition) => definition.path.test(path));
  if (here.length === 0) return unknownPath();
  const definition = here.find((candidate) => candidate.method === method);
  if (definition === undefined) return wrongMethod();
  try {
    return { definition, path: (definition.path.exec(path) ?? []).slice(1).map(decodeURIComponent) };
  } catch {
    return unknownPath();
  }
}
