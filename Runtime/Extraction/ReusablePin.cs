using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>A pinned handle that is allocated once and then pointed at one array after the other, which costs less than allocating and freeing one each time.</summary>
internal struct ReusablePin
{
#if NET10_0_OR_GREATER
    private PinnedGCHandle<byte[]?> _handle;
#else
    private GCHandle _handle;
#endif

#pragma warning disable BUF2001 // A pin is made once and aimed anew: it lives as long as its pool, which is the process.
    internal ReusablePin(byte[] array)
    {
#if NET10_0_OR_GREATER
        _handle = new PinnedGCHandle<byte[]?>(array);
#else
        _handle = GCHandle.Alloc(array, GCHandleType.Pinned);
#endif
    }
#pragma warning restore BUF2001

    internal readonly bool IsAllocated => _handle.IsAllocated;

    internal readonly byte[]? Target
    {
        get
        {
#if NET10_0_OR_GREATER
            return _handle.Target;
#else
            return (byte[]?)_handle.Target;
#endif
        }
    }

    /// <summary>From here on the array does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Aim(byte[] array) => _handle.Target = array;

    /// <summary>From here on the array is the garbage collector's again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LetGo() => _handle.Target = null;
}
