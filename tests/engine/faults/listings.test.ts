import { testEveryFault } from "./every";
import { LISTINGS } from "./scenarios";

testEveryFault("every fault at the listing that many share", LISTINGS);
