-- Marks the leases that a worker begins: only those are blamed when it dies.
-- KEYS: stream, meta. ARGV: job, worker; then entries.
-- Returns how many are the worker's.
local stream, meta, worker = KEYS[1], KEYS[2], ARGV[2]
if redis.call('HEXISTS', meta, 'epoch') == 0 then return 0 end
local own = {}
for i = 3, #ARGV do
  if is_leased_by(stream, ARGV[i], worker) then own[#own + 1] = ARGV[i] end
end
claim(stream, worker, own, 'RETRYCOUNT', BEGUN)
return #own
