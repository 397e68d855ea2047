import { randomUUID } from "node:crypto";

/** An answer other than success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`status ${status}`);
  }
}

/** One entry of a 422. */
export interface Invalid {
  loc: string[];
  msg: string;
  type: string;
}

const detailed = (type: string, code: string, message: string) => ({
  type,
  code,
  status: code,
  message,
  request_id: randomUUID().replaceAll("-", ""),
  param: null,
});

export const unknownPath = () => new ApiError(404, "Not Found");

export const wrongMethod = () => new ApiError(405, "Method Not Allowed");

export const invalidApiKey = () => new ApiError(401, { status: "invalid_api_key", message: "Invalid API key" });

export const missingPermission = (permission: string) =>
  new ApiError(401, { status: "missing_permissions", message: `The API key lacks the permission to ${permission}` });

export const invalid = (...entries: Invalid[]) => new ApiError(422, entries);

export const secretNotFound = (id: string) =>
  new ApiError(404, detailed("not_found", "secret_not_found", `Secret with id ${id} not found`));

export const nameTaken = (name: string) =>
  new ApiError(409, detailed("conflict", "secret_name_taken", `Secret with name ${name} already exists`));

export const secretInUse = (status: number) =>
  new ApiError(status, { status: "secret_in_use", message: "Secret is in use and cannot be deleted" });

export const tooManyConcurrent = () =>
  new ApiError(429, detailed("rate_limit_error", "too_many_concurrent_requests", "Too many concurrent requests"));

export const tooManyPerSecond = () =>
  new ApiError(429, detailed("rate_limit_error", "rate_limit_exceeded", "Rate limit exceeded"), { "retry-after": "1" });
