import type { ServerResponse } from "node:http";
import type { ApiResponse } from "./operations/operation";

export function send(response: ServerResponse, { status, body, headers }: ApiResponse): number {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bodiless = text === undefined || status === 204 || status === 304;
  const type = typeof body === "string" ? "text/plain" : "application/json";
  const about = bodiless ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) };
  response.writeHead(status, { ...about, ...headers });
  response.end(bodiless ? undefined : text);
  return status;
}
