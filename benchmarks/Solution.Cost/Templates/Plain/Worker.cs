using System.Threading.Channels;

namespace Project__.Work;

public abstract record Job__(int Id)
{
    public sealed record Send(int Id, string Address, string Text) : Job__(Id);

    public sealed record Delete(int Id, string Path) : Job__(Id);

    public sealed record Wait(int Id, TimeSpan Time) : Job__(Id);
}

public sealed class Worker__ : IAsyncDisposable
{
    private readonly Channel<Job__> _jobs = Channel.CreateBounded<Job__>(64);
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<string> _log;
    private readonly Task _running;
    private int _failures;

    public Worker__(Action<string> log)
    {
        _log = log;
        _running = Task.Run(RunAsync);
    }

    public event EventHandler<Job__>? Done;

    public int Failures => _failures;

    public ValueTask AddAsync(Job__ job) => _jobs.Writer.WriteAsync(job, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        Task first = await Task.WhenAny(_running, Task.Delay(TimeSpan.FromSeconds(5))).ConfigureAwait(false);
        if (first != _running)
            await _stop.CancelAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (Job__ job in _jobs.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    await RunAsync(job).ConfigureAwait(false);
                    Done?.Invoke(this, job);
                    break;
                }
                catch (IOException failure) when (attempt < 3)
                {
                    _log($"job {job.Id}, attempt {attempt}: {failure.Message}");
                    await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), _stop.Token).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    _log($"job {job.Id} failed: {failure.Message}");
                    Interlocked.Increment(ref _failures);
                    break;
                }
            }
        }
    }

    private async Task RunAsync(Job__ job)
    {
        switch (job)
        {
            case Job__.Send { Address: var address, Text.Length: > 0 } send:
                using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) })
                using (var content = new StringContent(send.Text))
                using (HttpResponseMessage response = await client.PostAsync(new Uri(address), content, _stop.Token).ConfigureAwait(false))
                    response.EnsureSuccessStatusCode();
                break;
            case Job__.Delete delete:
                if (File.Exists(delete.Path))
                    File.Delete(delete.Path);
                break;
            case Job__.Wait wait:
                await Task.Delay(wait.Time, _stop.Token).ConfigureAwait(false);
                break;
            default:
                throw new NotSupportedException($"{job}");
        }
    }
}
