-- What wrk prints at the end: requests a second, the 95th percentile in ms, how many failed.
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local a_second = summary.requests / summary.duration * 1e6
  io.write(string.format("\nresult %f %f %d\n", a_second, latency:percentile(95) / 1000, failed))
end
