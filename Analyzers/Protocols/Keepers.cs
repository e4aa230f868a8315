using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Calls of the framework after which what they were given is still there: queues of work, and collections.</summary>
internal static class Keepers
{
    private static readonly HashSet<(string Type, string Member)> ForLater =
    [
        ("System.Threading.Tasks.Task", "Run"),
        ("System.Threading.Tasks.Task", "ContinueWith"),
        ("System.Threading.Tasks.Task`1", "ContinueWith"),
        ("System.Threading.Tasks.TaskFactory", "StartNew"),
        ("System.Threading.Tasks.TaskFactory`1", "StartNew"),
        ("System.Threading.ThreadPool", "QueueUserWorkItem"),
        ("System.Threading.ThreadPool", "UnsafeQueueUserWorkItem"),
        ("System.Threading.ThreadPool", "RegisterWaitForSingleObject"),
        ("System.Threading.Thread", ".ctor"),
        ("System.Threading.Timer", ".ctor"),
        ("System.Threading.CancellationToken", "Register"),
        ("System.Threading.CancellationToken", "UnsafeRegister"),
        ("System.Threading.SynchronizationContext", "Post"),
    ];

    private static readonly HashSet<string> Insertions =
    [
        "Add", "TryAdd", "Insert", "AddFirst", "AddLast", "AddBefore", "AddAfter", "Enqueue", "TryEnqueue", "Push", "TryWrite", "WriteAsync", "Post", "SendAsync", "set_Item",
    ];

    public static Keeping KeepsFor(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (ForLater.Contains((MetadataNames.Of(method.ContainingType) ?? string.Empty, method.Name)))
        {
            return Keeping.ForLater;
        }

        return Insertions.Contains(method.Name) && parameter.OriginalDefinition.Type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Type } && IsCollection(method.ContainingNamespace)
            ? Keeping.InReceiver
            : Keeping.Unknown;
    }

    private static bool IsCollection(INamespaceSymbol space) => space.ToDisplayString() switch
    {
        "System.Collections.Generic" or "System.Collections.Concurrent" or "System.Collections.ObjectModel" or "System.Threading.Channels" or "System.Threading.Tasks.Dataflow" => true,
        _ => false,
    };
}
