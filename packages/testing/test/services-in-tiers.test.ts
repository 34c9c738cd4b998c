import { trustLevels } from '../src/index.ts';
import { describePeerCalls } from './peer-calls.ts';
import { describeReadyServices } from './ready-services.ts';
import { visitorsInTier } from './visitor-host.ts';

for (const trustLevel of trustLevels) {
  describeReadyServices(`a service for a plugin in the test host, ${trustLevel}`, visitorsInTier(trustLevel));
  describePeerCalls(`a call between plugins in the test host, ${trustLevel}`, visitorsInTier(trustLevel));
}
