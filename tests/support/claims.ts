import { isDigestOf } from "../../provider/secret/digest";

/** Whether the state's record of the value in the workspace is right. The record is a digest of the value, or the value. */
export function isClaimOf(claim: string, value: string): boolean {
  return claim === value || isDigestOf(claim, value);
}

/** The record of that value in a decrypted resource of the state. Undefined if the state has no record. */
export function claimIn({ inputs, outputs }: { inputs?: object; outputs?: object }): string | undefined {
  const { valueDigest, valueUnknown, __provider } = (outputs ?? {}) as Outputs;
  if (__provider !== undefined) return valueDigest;
  return valueUnknown ? undefined : (inputs as { value?: string } | undefined)?.value;
}

interface Outputs {
  valueDigest?: string;
  valueUnknown?: boolean;
  /** Only a dynamic provider sets this output. */
  __provider?: string;
}
