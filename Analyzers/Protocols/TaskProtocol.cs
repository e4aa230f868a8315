using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Tasks: what stands for the same operation, and what waits until it has completed.</summary>
internal static class TaskProtocol
{
    public static readonly string[] Types =
    [
        "System.Threading.Tasks.Task",
        "System.Threading.Tasks.Task`1",
        "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.ValueTask`1",
        AsyncResult,
    ];

    private const string AsyncResult = "System.IAsyncResult";

    private const string Cancellation = "System.Threading.CancellationTokenSource";

    private const string Task = "System.Threading.Tasks.Task";

    public static IEnumerable<Row> Rows()
    {
        foreach (string type in Types.Where(static type => type != AsyncResult))
        {
            yield return Method(type, "ConfigureAwait").Is(Slot.Receiver);
            yield return Method(type, "GetAwaiter").Is(Slot.Receiver);
        }

        foreach (string type in new[] { Task, "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1" })
        {
            foreach (string end in new[] { "IsCompleted", "IsCompletedSuccessfully", "IsFaulted", "IsCanceled" })
            {
                yield return Property(type, end).Tells(Inspection.Completed);
            }
        }

        foreach (string valueTask in new[] { "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1" })
        {
            yield return Method(valueTask, "AsTask").Is(Slot.Receiver);
            yield return Method(valueTask, "Preserve").Is(Slot.Receiver);
        }

        foreach (string task in new[] { Task, "System.Threading.Tasks.Task`1" })
        {
            yield return Method(task, "WaitAsync").Outruns(Slot.Receiver);
        }

        foreach ((string type, string wait) in new[]
        {
            ("SemaphoreSlim", "Wait"),
            ("SemaphoreSlim", "WaitAsync"),
            ("ManualResetEventSlim", "Wait"),
            ("CountdownEvent", "Wait"),
            ("WaitHandle", "WaitOne"),
        })
        {
            yield return Method("System.Threading." + type, wait).Tells(Inspection.Signalled);
        }

        // They do nothing to a buffer, and nobody expects them to fail between the start of an operation and the wait for it.
        yield return Constructor(Cancellation).OnlyMakes();
        yield return Method(Cancellation, "CreateLinkedTokenSource").OnlyMakes();
        yield return Method(Cancellation, "CancelAfter").Tells(Inspection.Detail);
        yield return Method(Cancellation, "Cancel").Tells(Inspection.Detail);
        yield return Method("System.Net.WebSockets.WebSocket", "Abort").Tells(Inspection.Detail);
        yield return Property(Cancellation, "Token").Tells(Inspection.Detail);

        // Who asks a begun operation how it is doing may know what is not seen here.
        foreach (string asked in new[] { "AsyncWaitHandle", "IsCompleted", "CompletedSynchronously" })
        {
            yield return Property(AsyncResult, asked).Completes(Slot.Receiver);
        }

        foreach ((string type, string[] ends) in new[]
        {
            ("System.IO.Stream", new[] { "EndRead", "EndWrite" }),
            ("System.Net.Sockets.Socket", new[] { "EndReceive", "EndReceiveFrom", "EndReceiveMessageFrom", "EndSend", "EndSendTo", "EndSendFile" }),
        })
        {
            foreach (string end in ends)
            {
                yield return Method(type, end).Completes(Slot.Argument(0));
            }
        }

        foreach (string patience in new[] { "System.Int32", "System.TimeSpan" })
        {
            yield return Method(Task, "Wait").Taking(patience).Tells(Inspection.Completed);
        }

        // It waits for the first of them, whatever became of that, and says only which it was.
        yield return Method(Task, "WhenAny").FindsFirst(Slot.Argument(0)).LeavesOthers(Slot.Argument(0));
        yield return Method(Task, "WaitAny").LeavesOthers(Slot.Argument(0));
        yield return Method(Task, "Wait").Completes(Slot.Receiver);
        yield return Method(Task, "WaitAll").Completes(Slot.Argument(0));
        yield return Method(Task, "WhenAll").Gathers(Slot.Argument(0));
        yield return Property("System.Threading.Tasks.Task`1", "Result").Completes(Slot.Receiver);
        yield return Property("System.Threading.Tasks.ValueTask`1", "Result").Completes(Slot.Receiver);
        foreach (string awaiter in new[] { "TaskAwaiter", "TaskAwaiter`1", "ValueTaskAwaiter", "ValueTaskAwaiter`1" })
        {
            foreach (Row row in Awaiter("System.Runtime.CompilerServices." + awaiter))
            {
                yield return row;
            }
        }

        foreach (string configured in new[] { "Task", "ValueTask" })
        {
            foreach (string arity in new[] { "", "`1" })
            {
                string awaitable = $"System.Runtime.CompilerServices.Configured{configured}Awaitable{arity}";
                yield return Method(awaitable, "GetAwaiter").Is(Slot.Receiver);
                foreach (Row row in Awaiter($"{awaitable}+Configured{configured}Awaiter"))
                {
                    yield return row;
                }
            }
        }

        foreach (string task in new[] { Task, "System.Threading.Tasks.Task`1" })
        {
            yield return Method(task, "ContinueWith").Continues(Slot.Receiver);
        }

        yield return Method("System.Threading.Tasks.TaskExtensions", "Unwrap").Is(Slot.Argument(0));
    }

    private static IEnumerable<Row> Awaiter(string type)
    {
        yield return Property(type, "IsCompleted").Tells(Inspection.Completed);
        yield return Method(type, "GetResult").Completes(Slot.Receiver);
    }
}
