import { ApiError, type ApiFailure } from "../api/errors.js";
import * as problems from "../messages/api.js";
import type { Action, Problem, ProblemKind } from "../messages/problem.js";
import type { Workspace } from "./workspace.js";

/** A call that failed, and where its config is from. */
export interface FailedCall {
  failure: ApiFailure;
  workspace: CalledWorkspace;
  /** Whether the config may be from the last update, as in a refresh or destroy without the program. */
  configMayBeStale: boolean;
}

export interface CalledWorkspace {
  name: string;
  /** The base URL of the API, such as `https://api.elevenlabs.io`. */
  endpoint: string;
  /** The source of the API key. */
  keySource: "config" | "environment" | undefined;
  /** The name of the explicit provider whose config describes the workspace. Undefined: the stack's config describes it. */
  provider?: string | undefined;
}

export interface CallContext {
  action: Action;
  /** Whether the config may be from the last update, as in a refresh or destroy without the program. */
  configMayBeStale?: boolean;
  /** Whether the request contains only an id, so that a refusal can only concern the id. */
  sendsOnlyId?: boolean;
}

/** Runs `step`. Converts a failed API call to a `Problem`, and rethrows all other errors unchanged. */
export async function withProblems<T>(workspace: Workspace, context: CallContext, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof ApiError ? callProblem(error, workspace, context) : error;
  }
}

export function callProblem(error: ApiError, workspace: Workspace, context: CallContext): Problem {
  const { name, provider, endpoint, keySource } = workspace;
  const { action, configMayBeStale = false } = context;
  const facts = { failure: error.failure, workspace: { name, provider, endpoint, keySource }, configMayBeStale };
  return kindOf(error, context)(facts, action);
}

function kindOf(error: ApiError, { sendsOnlyId = false }: CallContext): ProblemKind<FailedCall> {
  const kinds: [ProblemKind<FailedCall>, boolean][] = [
    [problems.invalidId, error.failure.kind === "invalid-id" || (sendsOnlyId && error.isInvalidRequest)],
    [problems.malformedApiKey, error.failure.kind === "malformed-api-key"],
    [problems.noApiKey, error.isApiKeyProblem],
    [problems.unauthorized, error.isUnauthorized],
    [problems.missingPermission, error.lacksPermission],
    [problems.proxyRefused, error.isRefusedByProxy],
    [problems.proxyUnreachable, error.isAboutProxy],
    [problems.rateLimited, error.isRateLimit],
    [problems.notTheApi, error.isNotFromApi],
    [problems.refused, error.isRefusal],
    [problems.notFound, error.isNotFound],
    [problems.apiFailure, error.isServerFailure],
    [problems.cancelled, error.isCancelled],
  ];
  return kinds.find(([, applies]) => applies)?.[0] ?? problems.unreachable;
}
