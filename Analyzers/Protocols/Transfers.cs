using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Operations of the framework that read into memory, or write memory out, until their task has completed.</summary>
internal static class Transfers
{
    public static Flowing Of(IMethodSymbol method, IParameterSymbol parameter)
    {
        // A buffer with an offset and a count may be touched elsewhere meanwhile: only one that is given as a whole is followed.
        if (MetadataNames.Of(parameter.Type) is not ("System.Memory`1" or "System.ReadOnlyMemory`1"))
        {
            return Flowing.Unknown;
        }

        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.BaseType)
        {
            switch (MetadataNames.Of(type), method.Name)
            {
                case ("System.IO.Stream", "ReadAsync" or "ReadExactlyAsync"):
                case ("System.Net.Sockets.Socket", "ReceiveAsync" or "ReceiveFromAsync" or "ReceiveMessageFromAsync"):
                case ("System.Net.WebSockets.WebSocket", "ReceiveAsync"):
                case ("System.IO.RandomAccess", "ReadAsync"):
                    return Flowing.Destination;
                case ("System.IO.Stream", "WriteAsync"):
                case ("System.Net.Sockets.Socket", "SendAsync" or "SendToAsync" or "SendFileAsync"):
                case ("System.Net.WebSockets.WebSocket", "SendAsync"):
                case ("System.IO.Pipelines.PipeWriter", "WriteAsync"):
                case ("System.IO.RandomAccess", "WriteAsync"):
                    return Flowing.Source;
            }
        }

        return Flowing.Unknown;
    }
}
