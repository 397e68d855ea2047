/** The key that marks an object as a secret, an asset or the like. Source: Pulumi's `sdk/go/common/resource/properties.go`. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
