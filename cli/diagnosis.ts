import { randomUUID } from "node:crypto";
import fetch from "node-fetch";
import { REGIONS } from "../provider/api/endpoint.js";
import { ApiError } from "../provider/api/errors.js";
import { Problem } from "../provider/messages/problem.js";
import { configPath, shellWord } from "../provider/pulumi/configPath.js";
import { explained } from "../provider/secret/explain.js";
import { DEFAULT_WORKSPACE } from "../provider/workspaces/settings.js";
import type { Workspace } from "../provider/workspaces/workspace.js";
import { whyUnreachable } from "./network.js";

/** What one check of a workspace found. */
export interface Finding {
  check: "config" | "key" | "host" | "list" | "write" | "clock" | "latency";
  /** `fact` is neither good nor bad. */
  status: "fact" | "ok" | "warning" | "failed";
  text: string;
  /** What to do about it. */
  next?: string;
}

type Regions = Record<string, string>;

/** Of no matter for the API's keys, but a sign that something is off: certificates are judged by this clock. */
const MOST_SKEW_SECONDS = 60;
const PATIENCE_MS = 10_000;
const PERMISSION = "Give the key the permission to read and write workspace secrets, in the settings of ElevenLabs.";

/** Tries what the provider would do with this workspace, and writes nothing. */
export async function diagnose(configured: Workspace, regions: Regions = REGIONS): Promise<Finding[]> {
  // A fault that passes is one to be told of.
  const workspace = configured.using({ maxRetries: 0 });
  const error = await failureOf(list(workspace));
  if (error && !error.lacksPermission) return [await whyNot(error, workspace, regions)];
  const listing: Finding = error
    ? { check: "list", status: "failed", text: `missing permission: ${error.cause}`, next: PERMISSION }
    : { check: "list", status: "ok", text: "may list secrets" };
  return [listing, await writing(workspace), ...(await clockAndLatency(workspace.endpoint))];
}

/** An answer of little size, in a workspace of any size. */
function list(workspace: Workspace): Promise<unknown> {
  return workspace.list(`pulumi-elevenlabs-doctor-${randomUUID()}`);
}

/** Asks to change a secret that cannot exist: whoever may write is told so. */
async function writing(workspace: Workspace): Promise<Finding> {
  const error = await failureOf(
    workspace.update({ id: `pulumi-elevenlabs-doctor-${randomUUID()}`, name: "doctor" }, "doctor", randomUUID()),
  );
  if (error?.isNotFound) return { check: "write", status: "ok", text: "may write secrets (nothing was written)" };
  if (error?.lacksPermission || error?.isUnauthorized) {
    return { check: "write", status: "failed", text: `missing permission: ${error.cause}`, next: PERMISSION };
  }
  const reason = error ? error.cause : "the API took a change of a secret that does not exist";
  return { check: "write", status: "warning", text: `could not tell whether the key may write: ${reason}` };
}

async function whyNot(error: ApiError, workspace: Workspace, regions: Regions): Promise<Finding> {
  const told = { status: "failed" as const, ...explanation(error, workspace) };
  if (error.name === "KeyError") return { check: "key", ...told };
  // First of all: whatever stands in the API's place may answer 401, too.
  if (error.isForeign) {
    const next = `A proxy or a login page stands in between, or the host is not ElevenLabs'. ${correctUrl(workspace)}`;
    return { check: "host", status: "failed", text: `not the API: ${error.cause}`, next };
  }
  if (error.isUnauthorized) return { check: "list", ...told, ...(await wrongKeyOrRegion(error, workspace, regions)) };
  if (error.isRateLimit) return { check: "list", ...told, text: `too many requests: ${error.cause}` };
  if (error.name === "UnreachableError") return { check: "host", ...told, ...(await unreachable(error, workspace)) };
  return { check: "list", ...told };
}

async function wrongKeyOrRegion(
  error: ApiError,
  workspace: Workspace,
  regions: Regions,
): Promise<{ text: string; next?: string }> {
  const names = Object.keys(regions);
  // A key goes to no other host than the vendor's, and not there from a host of one's own.
  const others = names.some((name) => regions[name] === workspace.endpoint)
    ? names.filter((name) => regions[name] !== workspace.endpoint)
    : [];
  const accepted = await Promise.all(
    others.map(async (name) => {
      const refusal = await failureOf(list(workspace.using({ origin: regions[name] as string })));
      return refusal === undefined || refusal.lacksPermission;
    }),
  );
  const right = others.find((_, index) => accepted[index]);
  if (right === undefined) {
    const elsewhere = others.length > 0 ? "; no other region takes it either" : "";
    return { text: `wrong key: ${error.cause}${elsewhere}` };
  }
  return {
    text: `wrong region: ${workspace.endpoint} does not take the key, but region ${right} does`,
    next:
      workspace.name === DEFAULT_WORKSPACE
        ? `Set the region: pulumi config set elevenlabs:region ${right} (or ELEVENLABS_REGION=${right})`
        : `Set the region: pulumi config set --path ${shellWord(configPath("elevenlabs:workspaces", workspace.name, "region"))} ${right}`,
  };
}

function correctUrl({ name }: Workspace): string {
  const baseUrl =
    name === DEFAULT_WORKSPACE
      ? "elevenlabs:baseUrl (or ELEVENLABS_BASE_URL)"
      : configPath("elevenlabs:workspaces", name, "baseUrl");
  return `Correct ${baseUrl}, or remove it to use the region's.`;
}

const NO_PROXY_USED = "The API is called directly: HTTPS_PROXY and the like are not used.";

async function unreachable(error: ApiError, workspace: Workspace): Promise<{ text: string; next: string }> {
  const correct = correctUrl(workspace);
  const why = await whyUnreachable(workspace.endpoint);
  if (why === "network") {
    const next = `This machine finds no host of ElevenLabs: connect it, or look at its DNS. ${NO_PROXY_USED}`;
    return { text: `no network: ${error.cause}`, next };
  }
  if (why === "host") return { text: `wrong host: ${error.cause}`, next: correct };
  // Of what the network says, only a refused certificate is neither passing nor possibly sent.
  if (!error.isTransient && !error.outcomeUnknown) {
    const next =
      "Where a proxy reads along, give Node its certificate: NODE_EXTRA_CA_CERTS=FILE. Check the clock, too.";
    return { text: `no trusted connection: ${error.cause}`, next };
  }
  const isVendors = Object.values<string>(REGIONS).includes(workspace.endpoint);
  return isVendors
    ? { text: `unreachable: ${error.cause}`, next: `Is a firewall or a proxy in between? ${NO_PROXY_USED}` }
    : { text: `wrong host or port: ${error.cause}`, next: correct };
}

/** From an answer of any kind to a request without a key. */
async function clockAndLatency(endpoint: string): Promise<Finding[]> {
  const began = Date.now();
  const answer = await fetch(`${endpoint}/v1/convai/secrets`, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => undefined);
  const took = Date.now() - began;
  if (!answer) return [];
  const latency: Finding = { check: "latency", status: "ok", text: `${took} ms, with a new connection` };
  const there = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(there)) return [latency];
  // The header has whole seconds, cut off.
  const apart = Math.round((there + 500 - (began + took / 2)) / 1000);
  const isOff = Math.abs(apart) > MOST_SKEW_SECONDS;
  const clock: Finding = isOff
    ? {
        check: "clock",
        status: "warning",
        text: `this machine is ${Math.abs(apart)} s ${apart > 0 ? "late" : "early"}`,
        next: "Set the clock right.",
      }
    : { check: "clock", status: "ok", text: "agrees with the API's" };
  return [clock, latency];
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

function explanation(error: ApiError, workspace: Workspace): { text: string; next?: string } {
  const problem = explained(error, { verb: "list", workspace: workspace.name }, workspace, { configMayBeStale: false });
  return problem instanceof Problem ? { text: problem.reason, next: problem.next } : { text: error.cause };
}
