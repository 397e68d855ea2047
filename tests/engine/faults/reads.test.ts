import { testEveryFault } from "./everyFault";
import { READS } from "./scenarios";

testEveryFault("every fault at every call of read", READS);
