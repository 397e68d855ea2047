import { randomUUID } from "node:crypto";

/** An error response. Throw it to send it. */
export class ErrorResponse extends Error {
  constructor(
    readonly status: number,
    readonly detail: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`status ${status}`);
  }
}

/** One entry of a 422 response. */
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

export const unknownPath = () => new ErrorResponse(404, "Not Found");

export const wrongMethod = () => new ErrorResponse(405, "Method Not Allowed");

export const invalidApiKey = () => new ErrorResponse(401, { status: "invalid_api_key", message: "Invalid API key" });

export const missingPermission = (permission: string) =>
  new ErrorResponse(401, {
    status: "missing_permissions",
    message: `The API key lacks the permission to ${permission}`,
  });

export const invalid = (...entries: Invalid[]) => new ErrorResponse(422, entries);

export const secretNotFound = (id: string) =>
  new ErrorResponse(404, detailed("not_found", "secret_not_found", `Secret with id ${id} not found`));

export const nameTaken = (name: string) =>
  new ErrorResponse(409, detailed("conflict", "secret_name_taken", `Secret with name ${name} already exists`));

export const secretInUse = (status: number) =>
  new ErrorResponse(status, { status: "secret_in_use", message: "Secret is in use and cannot be deleted" });

export const tooManyConcurrent = () =>
  new ErrorResponse(429, detailed("rate_limit_error", "too_many_concurrent_requests", "Too many concurrent requests"));

export const tooManyPerSecond = () =>
  new ErrorResponse(429, detailed("rate_limit_error", "rate_limit_exceeded", "Rate limit exceeded"), {
    "retry-after": "1",
  });
