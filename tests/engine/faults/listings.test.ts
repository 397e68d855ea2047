import { testEveryFault } from "./everyFault";
import { LISTINGS } from "./scenarios";

testEveryFault("every fault at the listing that many share", LISTINGS);
