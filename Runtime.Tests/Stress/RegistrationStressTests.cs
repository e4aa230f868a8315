namespace BufferLifetime.Tests;

/// <summary>Many threads register, import, complete and unregister: every buffer comes back once and never while it is used.</summary>
public sealed class RegistrationStressTests : BalancedTest
{
    private const int Rounds = 4000;

    [Fact]
    public void Buffers_come_back_exactly_once_and_never_in_use()
    {
        using var table = new RegisteredBufferTable(8);
        var registrations = new List<Registration>();
        int imports = 0;
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            var request = new IoRequest();
            for (int round = 0; round < Rounds; round++)
            {
                int slot = random.Next(8);
                try
                {
                    switch (random.Next(5))
                    {
                        case 0:
                            Register(table, slot, random, registrations);
                            break;
                        case 1:
                            table.Unregister(slot);
                            break;
                        default:
                            if (Transfer(table.Import(slot, 0, 8, TransferDirection.Destination), request, random))
                                Interlocked.Increment(ref imports);
                            break;
                    }
                }
                catch (InvalidOperationException)
                {
                    // The slot was empty, or in use, by the time.
                }
            }
        });
        table.Dispose();

        Assert.All(registrations, registration => Assert.Equal(1, registration.Released));
        Assert.True(imports > 100);
        Assert.True(registrations.Count > 100);
    }

    private static void Register(RegisteredBufferTable table, int slot, Random random, List<Registration> registrations)
    {
        var registration = new Registration();
        if (random.Next(2) == 0)
        {
            table.Register(slot, new byte[8], registration.Release);
        }
        else
        {
            Folio folio = Folio.Pooled(8);
            using var lent = new LentBuffer([new BvecEntry(folio)], TransferDirection.Destination, registration.Release);
            folio.Dispose();
            try
            {
                table.Register(slot, lent);
            }
            catch
            {
                // Refused: the lender gets it back all the same, when it is disposed.
                lent.Dispose();
                Assert.Equal(1, registration.Released);
                throw;
            }
        }

        lock (registrations)
            registrations.Add(registration);
    }

    private static bool Transfer(RegisteredImport import, IoRequest request, Random random)
    {
        IovIter iter = import.Iter;
        ValueTask<int> pending = request.Begin(import);
        if (iter.CopyTo([1, 2, 3, 4, 5, 6, 7, 8]) != 8)
            throw new InvalidDataException();
        if (random.Next(4) == 0)
            Thread.Yield();

        request.Complete(8);
        return pending.IsCompleted && pending.GetAwaiter().GetResult() == 8;
    }

    private sealed class Registration
    {
        private int _released;

        internal int Released => Volatile.Read(ref _released);

        internal void Release(object? state) => Interlocked.Increment(ref _released);
    }
}
