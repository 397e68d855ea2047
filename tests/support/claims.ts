import { isDigestOf } from "../../provider/secret/digest";

/** Whether the state is right about the value in the workspace: it has a digest of it, or the value itself. */
export function isClaimOf(claim: string, value: string): boolean {
  return claim === value || isDigestOf(claim, value);
}

/** What a decrypted resource of the state says about that value. Undefined if it isn't known. */
export function claimIn({ inputs, outputs }: { inputs?: object; outputs?: object }): string | undefined {
  const { valueDigest, valueUnknown, __provider } = (outputs ?? {}) as Outputs;
  if (__provider !== undefined) return valueDigest;
  return valueUnknown ? undefined : (inputs as { value?: string } | undefined)?.value;
}

interface Outputs {
  valueDigest?: string;
  valueUnknown?: boolean;
  /** Only a dynamic provider's. */
  __provider?: string;
}
