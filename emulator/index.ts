export type {
  AvailableDependent,
  DependentSeeds,
  Dependents,
  PhoneNumberDependent,
  UnknownDependent,
} from "./dependents";
export type { Fault, FaultKind, FaultScope } from "./faults";
export type { Operation } from "./operations/operation";
export type { EmulatorOptions, KeyOptions } from "./options";
export type { RecordedRequest } from "./requests";
export type { EmulatedWorkspace, StoredSecret } from "./secretStore";
export { type Emulator, startEmulator } from "./server";
