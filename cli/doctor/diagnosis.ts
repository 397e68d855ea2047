import { randomUUID } from "node:crypto";
import { REGIONS } from "../../provider/api/endpoint.js";
import { ApiError } from "../../provider/api/errors.js";
import type { Problem } from "../../provider/messages/problem.js";
import { callProblem } from "../../provider/workspaces/callProblems.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import type { FINDING_WORDING } from "./wording.js";

type FindingKind = keyof typeof FINDING_WORDING;
type FindingFacts<Kind extends FindingKind> =
  Parameters<(typeof FINDING_WORDING)[Kind]> extends [] ? object : Parameters<(typeof FINDING_WORDING)[Kind]>[0];

/** The result of one check of a workspace. */
export type Finding = {
  [Kind in FindingKind]: {
    check: "config" | "key" | "host" | "proxy" | "list" | "write";
    /** `fact` is neither good nor bad. */
    status: "fact" | "ok" | "warning" | "failed";
    kind: Kind;
    facts: FindingFacts<Kind>;
  };
}[FindingKind];

type Regions = Record<string, string>;

/** Tries the API calls that the provider would make for this workspace, without writing anything. */
export async function diagnose(configured: Workspace, regions: Regions = REGIONS): Promise<Finding[]> {
  // A temporary failure is also a finding, so nothing is retried.
  const workspace = configured.with({ maxRetries: 0 });
  const error = await failureOf(listNothing(workspace));
  if (error && !error.lacksPermission) return [await findCause(error, workspace, regions)];
  const listing: Finding = error
    ? missingPermission("list", error, workspace)
    : { check: "list", status: "ok", kind: "can-list", facts: {} };
  return [listing, await checkWriting(workspace)];
}

/** Lists with a prefix that no secret has, so that the response is small. */
function listNothing(workspace: Workspace): Promise<unknown> {
  return workspace.list(`pulumi-elevenlabs-doctor-${randomUUID()}`);
}

/** Updates a secret that can't exist: the API returns "not found" only to a key that may write. */
async function checkWriting(workspace: Workspace): Promise<Finding> {
  const secret = { id: `pulumi-elevenlabs-doctor-${randomUUID()}`, name: "doctor" };
  const error = await failureOf(workspace.update(secret, { name: secret.name, value: randomUUID() }));
  if (error?.isNotFound) return { check: "write", status: "ok", kind: "can-write", facts: {} };
  if (error?.lacksPermission || error?.isUnauthorized) return missingPermission("write", error, workspace);
  return { check: "write", status: "warning", kind: "write-unclear", facts: { failure: error?.failure } };
}

function missingPermission(check: "list" | "write", error: ApiError, workspace: Workspace): Finding {
  return { check, status: "failed", kind: "missing-permission", facts: { problem: problemOf(error, workspace) } };
}

async function findCause(error: ApiError, workspace: Workspace, regions: Regions): Promise<Finding> {
  const facts = { problem: problemOf(error, workspace) };
  if (error.isAboutProxy) return { check: "proxy", status: "failed", kind: "problem", facts };
  if (error.isAboutKey) return { check: "key", status: "failed", kind: "problem", facts };
  // Check this before 401, because a proxy may also return 401.
  if (error.isForeign) return { check: "host", status: "failed", kind: "not-the-api", facts };
  if (error.isUnauthorized) return wrongKeyOrRegion(facts.problem, workspace, regions);
  if (error.isRateLimit) return { check: "list", status: "failed", kind: "rate-limited", facts };
  if (error.failure.kind === "answered") return { check: "list", status: "failed", kind: "problem", facts };
  return unreachable(error, workspace, regions);
}

async function wrongKeyOrRegion(problem: Problem, workspace: Workspace, regions: Regions): Promise<Finding> {
  const { name, endpoint } = workspace;
  // Try the other regions only if this endpoint is also a region: a test server's key must not be sent to ElevenLabs.
  const isVendors = Object.values(regions).includes(endpoint);
  const others = Object.entries(regions).filter(([, origin]) => isVendors && origin !== endpoint);
  const accepted = await Promise.all(
    others.map(async ([, origin]) => {
      const error = await failureOf(listNothing(workspace.with({ endpoint: origin })));
      return error === undefined || error.lacksPermission;
    }),
  );
  const region = others.find((_, index) => accepted[index])?.[0];
  if (region !== undefined) {
    return { check: "list", status: "failed", kind: "wrong-region", facts: { workspace: name, endpoint, region } };
  }
  return { check: "list", status: "failed", kind: "wrong-key", facts: { problem, triesRegions: others.length > 0 } };
}

function unreachable({ failure }: ApiError, { name, endpoint, route }: Workspace, regions: Regions): Finding {
  const kind = failure.kind === "untrusted-tls" ? "untrusted-connection" : "unreachable";
  const isVendors = Object.values(regions).includes(endpoint);
  const facts = { failure, workspace: name, isVendors, hasProxy: route?.kind === "proxy" };
  return { check: "host", status: "failed", kind, facts };
}

async function failureOf(call: Promise<unknown>): Promise<ApiError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function problemOf(error: ApiError, workspace: Workspace): Problem {
  return callProblem(error, workspace, { attempt: { step: "list the secrets", workspace: workspace.name } });
}
