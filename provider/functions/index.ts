export { getDependents, getSecret, listSecrets, type SecretKey } from "./functions.js";
