namespace BufferLifetime;

/// <summary>A step that can fail. Tests make each of them fail in turn and ask whether anything is still held.</summary>
internal enum FaultPoint
{
    Pin,
    Reference,
    Allocate,
}

/// <summary>The seam through which tests inject failures; costs one load when nobody listens.</summary>
internal static class Faults
{
    [ThreadStatic]
    private static Action<FaultPoint>? _probe;

    private static volatile bool _armed;

    /// <summary>Lets <paramref name="probe"/> throw at each step that this thread comes to; null ends it.</summary>
    internal static void Inject(Action<FaultPoint>? probe)
    {
        _probe = probe;
        if (probe is not null)
            _armed = true;
    }

    internal static void At(FaultPoint point)
    {
        if (_armed)
            _probe?.Invoke(point);
    }
}
