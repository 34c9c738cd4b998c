export { CanConnect, Evidence, Receipt } from './can-connect.ts';
export { CanEvaluatePolicy, ScanResult, Verdict, Violation } from './can-evaluate-policy.ts';
export { CanScan, ScanEvent, ScanRefusal } from './can-scan.ts';
export { Component, Line } from './component.ts';
