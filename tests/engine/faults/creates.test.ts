import { testEveryFault } from "./everyFault";
import { CREATES } from "./scenarios";

testEveryFault("every fault at every call of create", CREATES);
