import { randomUUID } from "node:crypto";
import { REGIONS } from "../../provider/api/endpoint.js";
import { ApiError } from "../../provider/api/errors.js";
import type { Problem } from "../../provider/messages/problem.js";
import { callProblem } from "../../provider/workspaces/callProblems.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import type { Finding } from "./finding.js";
import * as findings from "./wording.js";

type Regions = Record<string, string>;

/** Tries the API calls that the provider would make for this workspace, without writing anything. */
export async function diagnose(configured: Workspace, regions: Regions = REGIONS): Promise<Finding[]> {
  // A temporary failure is also a finding, so nothing is retried.
  const workspace = configured.with({ maxRetries: 0 });
  const error = await failureOf(listNothing(workspace));
  if (error && !error.lacksPermission) return [await findCause(error, workspace, regions)];
  const listing = error ? missingPermission("list", error, workspace) : findings.canList("list", {});
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
  if (error?.isNotFound) return findings.canWrite("write", {});
  if (error?.lacksPermission || error?.isUnauthorized) return missingPermission("write", error, workspace);
  return findings.writeUnclear("write", { failure: error?.failure });
}

function missingPermission(check: "list" | "write", error: ApiError, workspace: Workspace): Finding {
  return findings.missingPermission(check, { problem: problemOf(error, workspace) });
}

async function findCause(error: ApiError, workspace: Workspace, regions: Regions): Promise<Finding> {
  const facts = { problem: problemOf(error, workspace) };
  if (error.isAboutProxy) return findings.problemFound("proxy", facts);
  if (error.isApiKeyProblem) return findings.problemFound("key", facts);
  // Check this before 401, because a proxy may also return 401.
  if (error.isNotFromApi) return findings.notTheApi("host", facts);
  if (error.isUnauthorized) return wrongKeyOrRegion(facts.problem, workspace, regions);
  if (error.isRateLimit) return findings.rateLimited("list", facts);
  if (error.failure.kind === "status") return findings.problemFound("list", facts);
  return unreachable(error, workspace, regions);
}

async function wrongKeyOrRegion(problem: Problem, workspace: Workspace, regions: Regions): Promise<Finding> {
  const { name, provider, endpoint } = workspace;
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
    return findings.wrongRegion("list", { workspace: { name, provider }, endpoint, region });
  }
  return findings.wrongKey("list", { problem, triesRegions: others.length > 0 });
}

function unreachable({ failure }: ApiError, { name, provider, endpoint, route }: Workspace, regions: Regions): Finding {
  const isVendors = Object.values(regions).includes(endpoint);
  const facts = { failure, workspace: { name, provider }, isVendors, hasProxy: route?.kind === "proxy" };
  return failure.kind === "untrusted-tls"
    ? findings.untrustedConnection("host", facts)
    : findings.unreachable("host", facts);
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
  return callProblem(error, workspace, { action: { step: "list the secrets", workspace: workspace.name } });
}
