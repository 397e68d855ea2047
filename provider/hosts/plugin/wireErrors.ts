import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { Any } from "google-protobuf/google/protobuf/any_pb.js";
import { Problem } from "../../messages/problem.js";
import { UnfinishedUpdate } from "../../secret/lifecycle.js";
import { toStruct, type WireProperties } from "./properties.js";

/**
 * An error that the engine shows once, with its resource. With the codes `UNKNOWN` and `INTERNAL`, the engine would report that
 * it doesn't know what happened, so a failure that the lifecycle explains has a different code.
 */
export function wireError(error: unknown, stored?: { inputs: WireProperties; outputs: WireProperties }): ServiceError {
  const message = Problem.isInstance(error) ? error.message : `this is a bug in pulumi-elevenlabs (${nameOf(error)})`;
  if (error instanceof UnfinishedUpdate && stored) return partialUpdate(message, error.stored.id, stored);
  return serviceError(status.FAILED_PRECONDITION, message, new Metadata());
}

/** Makes the engine store the state despite the error, and update the resource again next time. */
function partialUpdate(
  message: string,
  id: string,
  { inputs, outputs }: { inputs: WireProperties; outputs: WireProperties },
): ServiceError {
  const detail = new ErrorResourceInitFailed();
  detail.setId(id);
  detail.setReasonsList([message]);
  detail.setInputs(toStruct(inputs));
  detail.setProperties(toStruct(outputs));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const wire = new Status();
  wire.setCode(status.UNKNOWN);
  wire.setMessage("the update is not finished");
  wire.addDetails(packed);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(wire.serializeBinary()));
  return serviceError(status.UNKNOWN, "the update is not finished", metadata);
}

function serviceError(code: status, details: string, metadata: Metadata): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
