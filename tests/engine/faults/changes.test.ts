import { testEveryFault } from "./everyFault";
import { CHANGES } from "./scenarios";

testEveryFault("every fault at every call of change", CHANGES);
