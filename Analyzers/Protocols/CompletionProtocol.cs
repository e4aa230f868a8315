using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Calls that tell somebody else that a transfer is over.</summary>
internal static class CompletionProtocol
{
    public static IEnumerable<Row> Rows()
    {
        foreach (string set in new[] { "SetResult", "TrySetResult" })
        {
            yield return Method("System.Threading.Tasks.TaskCompletionSource`1", set).Borrows(Slot.Receiver).Retains(Slot.Argument(0)).Announces();
        }

        yield return Method("BufferLifetime.IoRequest", "Complete").Borrows(Slot.Receiver).Announces();
    }
}
